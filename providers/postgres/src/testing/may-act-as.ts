/**
 * SQL that allows an account with CREATEROLE to act as roles that it created, without inheriting their rights. Before
 * PostgreSQL 16, inheritance is an attribute of the account, which `before16` sets for all its roles.
 */
export const mayActAs = (roles: string, before16: "inherit" | "noinherit" = "noinherit"): string => `do $$ begin
  if current_setting('server_version_num')::int < 160000 then
    execute 'alter role ' || quote_ident(current_user) || ' ${before16}';
    grant ${roles} to current_user;
  else
    execute 'grant ${roles} to current_user with set true, inherit false';
  end if;
end $$`;
