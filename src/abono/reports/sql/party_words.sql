-- The frozen words that name a party on a document.
SELECT body FROM party_words WHERE seller_id = %(seller)s AND id = %(words)s
