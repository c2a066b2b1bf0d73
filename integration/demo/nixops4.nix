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

  # The folder of the providers' bundles, to be started with Node; without one Nix is asked to build them.
  bundles = fromEnvironment "DEMO_PROVIDERS" null;

  # The key that opens the state and the passwords, and the folder that keeps the passwords; only their owner may read them.
  identity.file = fromEnvironment "DEMO_IDENTITY" "/run/secrets/identity";
  passwords = fromEnvironment "DEMO_SECRETS" "/srv/secrets";

  # What each application needs beside a password, a role and a database of its own. A raised generation is a new password.
  applications = {
    mastodon.generation = fromEnvironment "DEMO_MASTODON_GENERATION" "1";
    peertube.extensions = [ "pg_trgm" "unaccent" ];
    pixelfed = { };
  };
in
resources.nixops4.lib.mkRoot {
  modules = [
    (
      { lib, members, providers, ... }:
      let
        deployment = members;

        connection = {
          host = fromEnvironment "DEMO_POSTGRES_HOST" "127.0.0.1";
          port = lib.toInt (fromEnvironment "DEMO_POSTGRES_PORT" "5432");
          user = "postgres";
          password.file = fromEnvironment "DEMO_POSTGRES_PASSWORD_FILE" "/run/secrets/postgres";
        };

        provider =
          name: settings:
          {
            imports = [ resources.modules.nixops4Provider.${name} ];
            managedBy = "fediverse-demo";
          }
          // settings
          // lib.optionalAttrs (bundles != null) {
            executable = fromEnvironment "DEMO_NODE" "node";
            args = [ "${bundles}/${name}/dist/main.cjs" ];
          };

        # A component: in it, `members` are its own.
        application =
          name:
          {
            extensions ? [ ],
            generation ? "1",
          }:
          { members, ... }:
          {
            members = {
              # Made once and kept in the folder. Only a reference to it goes on to the role.
              password = {
                type = providers.secrets.secret;
                inputs = {
                  name = "${name}/database";
                  generator.password.length = 32;
                  generation = lib.toInt generation;
                };
              };
              role = {
                type = providers.postgres.role;
                inputs = {
                  inherit name;
                  login = true;
                  password = members.password.outputs.ref;
                };
              };
              # In the state: with inputs that stay the same, it is not even looked at.
              database = {
                type = providers.postgres.database;
                state = deployment.state;
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
        providers.postgres = provider "postgres" { inherit connection; };
        providers.state = provider "state" { inherit connection; };
        providers.secrets = provider "secrets" {
          connection.store.directory = {
            inherit identity;
            folder = passwords;
          };
        };
        members = lib.mapAttrs application applications // {
          # What the deployment has made, encrypted, in the same server.
          state = {
            type = providers.state.state_postgres;
            inputs = {
              inherit identity;
              name = "fediverse-demo";
            };
          };
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
