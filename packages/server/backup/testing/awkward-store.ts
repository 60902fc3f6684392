import { Client } from 'pg'

/** Tables as the product has them: accounts, forced row-level security, the migrator's list, every awkward type. */
export const schema = `
  create schema drizzle;
  create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
  insert into drizzle.__drizzle_migrations (hash, created_at) values ('first', 1), ('second', 2);
  create type mood as enum ('sad', 'it''s "fine"');
  create table nasty (
    id bigint generated always as identity primary key, label text, data bytea, doc jsonb, plain json, exact numeric, big numeric(40, 20),
    single real, double double precision, at timestamptz, local timestamp, day date, span interval, moods mood[], grid int[][],
    words text[], range tstzrange, net inet, bits bit varying, search tsvector generated always as (to_tsvector('simple', coalesce(label, ''))) stored
  );
  create table "Odd ""name""; drop" ("select" text primary key, "a\\tb" int);
  create table parent (id int primary key, favourite int, note text);
  create table child (id int primary key, parent_id int not null references parent on delete cascade);
  alter table parent add constraint parent_favourite foreign key (favourite) references child deferrable initially deferred;
  create table secured (tenant text not null, body text);
  alter table secured enable row level security;
  alter table secured force row level security;
  create policy secured_tenant on secured using (tenant = nullif(current_setting('app.tenant', true), ''));
  create table measurements (at date not null, value int) partition by range (at);
  create table measurements_2025 partition of measurements for values from ('2025-01-01') to ('2026-01-01');
  create table measurements_2026 partition of measurements for values from ('2026-01-01') to ('2027-01-01');
  create sequence receipts;
  create table log (n int);
  create function count_up() returns trigger language plpgsql as $$ begin insert into log values (new.id); return new; end $$;
  create trigger parent_log after insert on parent for each row execute function count_up();
  grant select on secured to gh_app;
`
export const accounts = `create table gh_auth."user" (id text primary key, email text unique)`

/** Values that a careless export loses. */
export const rows = `
  insert into nasty (label, data, doc, plain, exact, big, single, double, at, local, day, span, moods, grid, words, range, net, bits) values
    (E'tab\\t newline\\n return\\r backslash \\\\ \\\\. quote '' "', '\\x00ff0a5c09', '{"a": [1.10, null, "\\u00e9"], "big": 123456789012345678901234567890}', '{"b": 1,   "a": 2, "b": 3}',
     'NaN', 12345678901234567890.12345678901234567890, 'NaN', 0.1, 'infinity', '-infinity', 'infinity', '1 year 2 mons -3 days 04:05:06.789012',
     array['sad', 'it''s "fine"']::mood[], '{{1,2},{3,NULL}}', array['', null, 'NULL', '{,}', E'a"b\\\\c'], '[2026-01-01, infinity)', '2001:db8::1/64', B'1010'),
    ('', '', 'null', 'null', 'Infinity', 0, '-Infinity', 1.7976931348623157e308, '2026-11-20 09:30:00.123456+05:30', '0044-03-15 12:00:00 BC', '0044-03-15 BC', '-0.000001 seconds', '{}', '{}', '{}', 'empty', '0.0.0.0/0', B''),
    (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
    ('Ünïcödé 你好 🧑🏽‍💻 \u200f\u0301', decode(repeat('00', 100), 'hex'), '"\\\\u0041"', '1', 1e-300, -0.5, 1e-45, 5e-324, '1970-01-01 00:00:00.000001Z', 'epoch', '5874897-12-31', '178000000 years', null, '[5:6]={7,8}', array[repeat('x', 9000)], '(,)', '::', B'1');
  insert into nasty (label, data) values (repeat('Größe ', 180000), decode(repeat('deadbeef', 300000), 'hex'));
  insert into "Odd ""name""; drop" values ('\\N', 1), ('\\.', 2);
  begin; set constraints all deferred;
  insert into parent select n, n + 1000, 'p' || n from generate_series(1, 500) n;
  insert into child select n + 1000, n from generate_series(1, 500) n; commit;
  insert into measurements select '2025-06-01'::date + n, n from generate_series(1, 400) n;
  insert into gh_auth."user" values ('u1', 'owner@example.test');
  insert into secured values ('a', 'one'), ('b', 'two');
  select setval('receipts', 4711);
`

export async function query<R>(url: string, statement: string): Promise<R[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const result = await client.query(statement)
    return result.rows
  } finally {
    await client.end()
  }
}

/** Every row of every table as PostgreSQL itself writes it, so that no client type conversion can hide a difference. */
export async function contents(url: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`set timezone = 'UTC'; set extra_float_digits = 3; set intervalstyle = 'postgres'`)
    const tables = await client.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace::regnamespace::text in ('public', 'gh_auth', 'drizzle') order by 1`,
    )
    const found: unknown[] = []
    for (const { name } of tables.rows)
      found.push([
        name,
        (await client.query(`select md5(t::text) as md5, count(*) from ${name} t group by 1 order by 1`)).rows,
      ])
    found.push((await client.query(`select sequencename, last_value from pg_sequences order by 1`)).rows)
    return found
  } finally {
    await client.end()
  }
}

/** What keeps the tables together and tenants apart. */
export function protections(url: string): Promise<unknown[]> {
  return query(
    url,
    `select 'key', conname, pg_get_constraintdef(oid), '' from pg_constraint where contype = 'f'
     union all select 'security', relname, relrowsecurity::text, relforcerowsecurity::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
     union all select 'trigger', tgname, tgenabled::text, '' from pg_trigger where not tgisinternal order by 1, 2, 3`,
  )
}
