-- set jit = off;
-- set max_parallel_workers_per_gather = 0;
-- set enable_hashjoin = off;
-- set enable_mergejoin = off;
-- set enable_memoize = off;
explain (analyze, buffers, verbose off, settings, format json)
select s.zone, count(*) as n, max(m.qty) as biggest
from shelves s
join items i on i.shelf_id = s.id
join movements m on m.item_id = i.id
where s.capacity > 245 and s.zone <> 'cold' and m.moved_at >= date '2024-02-01'
group by s.zone;
