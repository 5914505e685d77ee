-- set jit = off;
-- set max_parallel_workers_per_gather = 2;
-- set parallel_setup_cost = 0;
-- set parallel_tuple_cost = 0;
-- set min_parallel_table_scan_size = 0;
explain (analyze, buffers, verbose off, settings, format json)
select m.carrier_id, count(*) as n
from movements m
where m.moved_at < date '2024-03-01'
  and m.qty > (select avg(qty) from movements_202406 where item_id < 4000)
group by m.carrier_id
order by n desc
limit 10;
