-- A customer's locations by name, with how many subscriptions count each on a day.
SELECT l.id, l.name, l.reference, l.address, l.region, l.locality, l.active_from, l.active_to,
       (SELECT count(*) FROM activations AS a WHERE a.seller_id = l.seller_id AND a.location_id = l.id
          AND a.from_on <= %(on)s AND (a.to_on IS NULL OR a.to_on > %(on)s)) AS counted_by
FROM locations AS l WHERE l.seller_id = %(seller)s AND l.customer_id = %(customer)s ORDER BY l.name, l.id
