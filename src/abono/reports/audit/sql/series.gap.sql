-- Series are gapless: the numbers of each run from 1 to the last without a hole, and the counter stands just after it.
WITH used AS (
  SELECT seller_id, series, count(DISTINCT number) AS numbers, count(*) AS documents, min(number) AS first_no,
    max(number) AS last_no
  FROM documents GROUP BY seller_id, series
)
SELECT coalesce(u.seller_id, s.seller_id) AS seller_id, coalesce(u.series, s.series) AS series, u.documents, u.first_no,
  u.last_no, s.next_no
FROM used AS u
FULL JOIN series AS s ON s.seller_id = u.seller_id AND s.series = u.series
WHERE s.next_no IS DISTINCT FROM coalesce(u.last_no, 0) + 1
  OR u.first_no <> 1 OR u.numbers <> u.last_no OR u.documents <> u.numbers
