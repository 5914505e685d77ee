-- set jit = off;
-- set max_parallel_workers_per_gather = 0;
explain (analyze, buffers, verbose off, settings, format json)
select x.id, x.what, x.amount
from (
  select i.id, 'item' as what, i.weight as amount from items i
  where (select count(*) from carriers where country = 'xx') > 3
  union all
  select p.id, 'pallet', p.height from pallets p
  where p.height > 195 and not exists (select 1 from items i where i.id = p.item_id and i.category = 7)
  union all
  select p.id, 'cold pallet', p.height from pallets p join shelves s on s.id = p.shelf_id where s.zone = 'cold'
  union all
  select s.id, 'shelf', (select avg(capacity) from shelves) from shelves s where s.capacity > 100
) x
limit 25;
