-- set jit = off;
-- set max_parallel_workers_per_gather = 2;
-- set parallel_setup_cost = 0;
-- set parallel_tuple_cost = 0;
-- set min_parallel_table_scan_size = 0;
-- set enable_material = off;
-- set enable_hashjoin = off;
-- set enable_mergejoin = off;
explain (analyze, buffers, verbose off, settings, format json)
select c.name, x.zone, x.n
from carriers c
join (select s.zone, count(*) as n, avg(i.weight) as w from items i join shelves s on s.id = i.shelf_id where i.category = 9 group by s.zone) x
  on c.id + 49 < x.w
where c.country = 'fi';
