-- What one run issued, by kind and currency.
SELECT kind, currency, count(*), sum(net_minor)::bigint, sum(gross_minor)::bigint
FROM documents WHERE seller_id = %(seller)s AND run_id = ANY(%(runs)s)
GROUP BY kind, currency ORDER BY kind, currency
