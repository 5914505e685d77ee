-- set jit = off;
-- set max_parallel_workers_per_gather = 2;
-- set parallel_setup_cost = 0;
-- set parallel_tuple_cost = 0;
-- set min_parallel_table_scan_size = 0;
explain (analyze, buffers, verbose off, settings, format json)
select p.height / 10 as h, count(*) as n
from pallets p
where (select count(*) from items i where i.shelf_id = p.shelf_id and i.weight > 50) > 15
  and p.shelf_id not in (select s.id from shelves s where s.zone = 'cold')
  and p.id % 4 = 0
group by 1;
