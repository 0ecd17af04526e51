-- How many rows the annex of a document has.
SELECT count(*) FROM annex_rows WHERE seller_id = %(seller)s AND document_id = %(document)s
