-- The words that name a party on paper are kept under a digest of themselves, so none was changed after it was printed.
SELECT w.seller_id, w.id AS words_id, w.body::text AS body
FROM party_words AS w
