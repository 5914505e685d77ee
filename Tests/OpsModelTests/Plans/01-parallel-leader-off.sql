-- set jit = off;
-- set max_parallel_workers_per_gather = 2;
-- set parallel_leader_participation = off;
-- set parallel_setup_cost = 0;
-- set parallel_tuple_cost = 0;
-- set min_parallel_table_scan_size = 0;
explain (analyze, buffers, verbose off, settings, format json)
select i.category, count(*) as n, sum(m.qty) as qty
from movements m
join items i on i.id = m.item_id
where m.moved_at < date '2024-04-01' and m.qty > 3
group by i.category
order by qty desc;
