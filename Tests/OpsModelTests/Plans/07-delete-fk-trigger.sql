-- begin;
-- set local jit = off;
-- set local max_parallel_workers_per_gather = 0;
explain (analyze, buffers, verbose off, settings, format json)
delete from shelves s
where s.zone = 'cold' and s.capacity < (select avg(capacity) from shelves)
  and exists (select 1 from items i where i.shelf_id = s.id and i.weight > 90);
-- rollback;
