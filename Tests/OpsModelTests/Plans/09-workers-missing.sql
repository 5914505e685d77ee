-- set jit = off;
-- set max_parallel_workers_per_gather = 3;
-- set max_parallel_workers = 1;
-- set parallel_setup_cost = 0;
-- set parallel_tuple_cost = 0;
-- set min_parallel_table_scan_size = 0;
explain (analyze, buffers, verbose off, settings, format json)
select s.zone, count(*) as n, avg(i.weight) as weight
from items i
join shelves s on s.id = i.shelf_id
where i.category between 5 and 30
group by s.zone
order by s.zone;
