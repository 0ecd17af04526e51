-- The seller's series, with the number each goes on with and the end of its authorised range.
SELECT series, next_no, last_no FROM series WHERE seller_id = %(seller)s ORDER BY series
