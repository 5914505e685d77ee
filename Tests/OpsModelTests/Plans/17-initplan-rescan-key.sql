-- set jit = off;
-- set max_parallel_workers_per_gather = 0;
-- set enable_hashjoin = off;
-- set enable_mergejoin = off;
-- set enable_memoize = off;
-- set enable_bitmapscan = off;
explain (analyze, buffers, verbose off, settings, format json)
select s.zone, count(*) as n
from shelves s
join items i on i.shelf_id = s.id + (select count(*) from items h where h.weight > 99.5 and h.category = 3)
where s.capacity = 200
group by s.zone;
