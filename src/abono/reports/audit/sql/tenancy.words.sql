-- The words that name a seller on paper are its own.
SELECT s.id AS seller_id, s.key, s.words_id
FROM sellers AS s
WHERE s.words_id IS NOT NULL AND NOT EXISTS (
  SELECT FROM party_words AS w WHERE w.seller_id = s.id AND w.id = s.words_id
)
