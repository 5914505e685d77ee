-- set jit = off;
-- set max_parallel_workers_per_gather = 2;
-- set parallel_setup_cost = 0;
-- set parallel_tuple_cost = 0;
-- set min_parallel_table_scan_size = '1MB';
explain (analyze, buffers, verbose off, settings, format json)
select count(*) as n, min(m.id) as first_id
from movements_202405 m
where m.qty > (select avg(s.capacity) / 20 from shelves s where s.zone <> 'cold')
  and md5(md5(m.id::text)) like 'a%';
