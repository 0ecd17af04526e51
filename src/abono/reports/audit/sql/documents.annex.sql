-- An annex equals its lines to the cent: the rows that explain a line sum to it.
SELECT a.seller_id, a.document_id, a.line_no, l.net_minor AS line_net, a.net AS rows_net
FROM (
  SELECT seller_id, document_id, line_no, sum(net_minor) AS net
  FROM annex_rows GROUP BY seller_id, document_id, line_no
) AS a
LEFT JOIN lines AS l ON l.seller_id = a.seller_id AND l.document_id = a.document_id AND l.line_no = a.line_no
WHERE l.net_minor IS DISTINCT FROM a.net
