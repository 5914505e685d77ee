-- set jit = off;
-- set max_parallel_workers_per_gather = 0;
explain (analyze, buffers, verbose off, settings, format json)
with per_item as materialized (
  select item_id, count(*) as n, sum(qty) as qty
  from movements
  where moved_at >= date '2024-05-01'
  group by item_id
)
select i.category, count(*) as busy, (select count(*) from per_item p2 where p2.qty > 60) as heavy
from items i
join per_item p on p.item_id = i.id
where p.qty > (select 2 * avg(p3.qty) from per_item p3)
group by i.category;
