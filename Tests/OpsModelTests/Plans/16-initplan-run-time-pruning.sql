-- set jit = off;
-- set max_parallel_workers_per_gather = 0;
explain (analyze, buffers, verbose off, settings, format json)
select m.carrier_id, sum(m.qty) as qty
from movements m
where m.moved_at >= (select max(z.moved_at) - 2 from movements_202405 z where z.qty < 18)
group by m.carrier_id;
