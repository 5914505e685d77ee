-- set jit = off;
-- set max_parallel_workers_per_gather = 0;
explain (analyze, buffers, verbose off, settings, format json)
with moves as materialized (
  select item_id, carrier_id, qty
  from movements
  where qty > 12 and moved_at < date '2024-03-01'
)
select c.country, count(*) as n, max(a.qty) as biggest,
       (select count(*) from moves b where b.qty = 20) as full_loads
from moves a
join carriers c on c.id = a.carrier_id
where a.qty > (select avg(d.qty) + 1 from moves d)
group by c.country;
