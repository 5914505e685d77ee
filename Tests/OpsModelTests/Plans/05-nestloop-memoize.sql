-- set jit = off;
-- set max_parallel_workers_per_gather = 0;
-- set enable_hashjoin = off;
-- set enable_mergejoin = off;
explain (analyze, buffers, verbose off, settings, format json)
select c.country, s.zone, count(*) as n
from movements m
join carriers c on c.id = m.carrier_id
join items i on i.id = m.item_id
join shelves s on s.id = i.shelf_id
where m.moved_at between date '2024-03-04' and date '2024-03-06' and m.qty > 4
group by c.country, s.zone;
