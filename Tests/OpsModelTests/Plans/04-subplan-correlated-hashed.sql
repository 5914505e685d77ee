-- set jit = off;
-- set max_parallel_workers_per_gather = 0;
explain (analyze, buffers, verbose off, settings, format json)
select s.id, s.zone,
       (select max(i.weight) from items i where i.shelf_id = s.id) as heaviest
from shelves s
where s.id not in (select p.shelf_id from pallets p where p.height > 120)
order by heaviest desc nulls last;
