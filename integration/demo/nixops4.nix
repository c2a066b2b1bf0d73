# The databases of three fediverse applications on one PostgreSQL server: what `npm run demo` applies. NixOps4 takes the
# same file: nixops4 apply --file integration/demo/nixops4.nix
#
# A deployment in a file has no arguments; what differs from machine to machine comes from the environment.
let
  resources = import ../.. { };

  fromEnvironment =
    name: otherwise:
    let
      value = builtins.getEnv name;
    in
    if value == "" then otherwise else value;

  # The role of each application has its password in a file of the role's name; only their owner may read them.
  passwords = fromEnvironment "DEMO_APP_PASSWORDS" "/run/secrets";

  # The provider's bundle, to be started with Node; without one Nix is asked to build it.
  provider = fromEnvironment "DEMO_PROVIDER" null;

  # What each application needs beside a role and a database of its own.
  applications = {
    mastodon.extensions = [ ];
    peertube.extensions = [ "pg_trgm" "unaccent" ];
    pixelfed.extensions = [ ];
  };
in
resources.nixops4.lib.mkRoot {
  modules = [
    (
      { lib, members, providers, ... }:
      let
        deployment = members;

        # A component: in it, `members` are its own.
        application =
          name:
          { extensions }:
          { members, ... }:
          {
            members = {
              role = {
                type = providers.postgres.role;
                inputs = {
                  inherit name;
                  login = true;
                  password.file = "${passwords}/${name}";
                };
              };
              database = {
                type = providers.postgres.database;
                inputs = {
                  inherit name;
                  owner = members.role.outputs.name;
                };
              };
              grant = {
                type = providers.postgres.grant;
                inputs = {
                  database = members.database.outputs.name;
                  objectType = "database";
                  grants.${deployment.monitoring.outputs.name}.privileges = [ "CONNECT" ];
                };
              };
            }
            // lib.genAttrs extensions (extension: {
              type = providers.postgres.extension;
              inputs = {
                name = extension;
                database = members.database.outputs.name;
              };
            });
          };
      in
      {
        providers.postgres = {
          imports = [ resources.modules.nixops4Provider.postgres ];
          managedBy = "fediverse-demo";
          connection = {
            host = fromEnvironment "DEMO_POSTGRES_HOST" "127.0.0.1";
            port = lib.toInt (fromEnvironment "DEMO_POSTGRES_PORT" "5432");
            user = "postgres";
            password.file = fromEnvironment "DEMO_POSTGRES_PASSWORD_FILE" "/run/secrets/postgres";
          };
        }
        // lib.optionalAttrs (provider != null) {
          executable = fromEnvironment "DEMO_NODE" "node";
          args = [ provider ];
        };
        members = lib.mapAttrs application applications // {
          # May look into every database, and log in to none: people who watch over the server become members of it.
          monitoring = {
            type = providers.postgres.role;
            inputs.name = "monitoring";
          };
        };
      }
    )
  ];
}
