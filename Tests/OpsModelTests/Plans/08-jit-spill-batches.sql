-- set jit = on;
-- set jit_above_cost = 0;
-- set jit_inline_above_cost = 0;
-- set jit_optimize_above_cost = 0;
-- set max_parallel_workers_per_gather = 0;
-- set work_mem = '256kB';
-- set hash_mem_multiplier = 1;
explain (analyze, buffers, verbose off, settings, format json)
select i.note, i.weight, m.moved_at, m.qty
from movements m
join items i on i.id = m.item_id
where m.moved_at >= date '2024-03-01' and m.moved_at < date '2024-05-01' and m.qty > 8
order by i.weight desc, m.id;
