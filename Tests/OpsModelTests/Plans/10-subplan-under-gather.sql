-- set jit = off;
-- set max_parallel_workers_per_gather = 2;
-- set parallel_setup_cost = 0;
-- set parallel_tuple_cost = 0;
-- set min_parallel_table_scan_size = '200kB';
explain (analyze, buffers, verbose off, settings, format json)
select p.height / 10 as h, count(*) as n
from pallets p
where p.shelf_id not in (select s.id from shelves s where s.zone = 'cold')
  and p.height + 10 > all (select b.weight from items b where b.category = 11 and b.shelf_id between 100 and 160)
group by 1;
