/**
 * SQL that lets an account with CREATEROLE act as roles that it made, and no more: it does not inherit from them, as far as the
 * version of PostgreSQL tells these apart: before 16 it is the account that inherits from all or from none.
 */
export const mayActAs = (roles: string, before16: "inherit" | "noinherit" = "noinherit"): string => `do $$ begin
  if current_setting('server_version_num')::int < 160000 then
    execute 'alter role ' || quote_ident(current_user) || ' ${before16}';
    grant ${roles} to current_user;
  else
    execute 'grant ${roles} to current_user with set true, inherit false';
  end if;
end $$`;
