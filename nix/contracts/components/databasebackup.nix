# Requests the contract `databasebackup`, for a PostgreSQL database: commands that dump and restore it, and a password
# file for them. A tool on the host, such as SelfHostBlocks' restic, fulfils the request.
{ lib, contracts }:
{ secrets }:
{ config, members, ... }:
let
  inherit (lib) mkOption types;
  inherit (config) settings;
  inherit (settings) database;

  # libpq reads the password from the file, so that it is in no command line and no environment.
  environment = {
    PGHOST = database.host;
    PGPORT = database.port;
    PGUSER = database.user;
    PGPASSFILE = members.passfile.outputs.path;
    PGSSLMODE = database.sslmode;
  }
  // lib.optionalAttrs (database.ca != null) { PGSSLROOTCERT = database.ca; }
  # Without a file libpq trusts nobody. The word needs libpq 16, and is permitted with verify-full only.
  // lib.optionalAttrs (database.ca == null && database.sslmode == "verify-full") {
    PGSSLROOTCERT = "system";
  };

  # One simple command, since a tool may put it at the end of a pipe.
  commandOf =
    program: arguments:
    lib.concatStringsSep " " (
      [ "env" ]
      ++ lib.mapAttrsToList (name: value: "${name}=${lib.escapeShellArg value}") environment
      ++ map lib.escapeShellArg ([ "${settings.programs}${program}" ] ++ arguments ++ [ database.name ])
    );
in
{
  _class = "nixops4Component";

  options =
    contracts.databasebackup.mkRequester {
      inherit (settings) user;
      backupName = "${database.name}.dump";
      # Naming one extension leaves out all others, which the owner of the database cannot restore. The provider creates
      # them. plpgsql is never dumped itself. With an extension named, pg_dump writes large objects only if asked.
      backupCmd = commandOf "pg_dump" [
        "--no-password"
        "--format=custom"
        "--extension=plpgsql"
        "--blobs"
        "--dbname"
      ];
      restoreCmd = commandOf "pg_restore" [
        "--no-password"
        "--clean"
        "--if-exists"
        "--no-owner"
        "--single-transaction"
        "--exit-on-error"
        "--dbname"
      ];
    }
    // {
      settings = mkOption {
        description = "The database, and the programs that dump and restore it.";
        type = types.submodule {
          options = {
            database = contracts.database.mkResult { };
            password = mkOption {
              type = types.raw;
              description = "Reference to the password of the role. It must contain neither a colon nor a backslash, which libpq's password file reserves.";
            };
            user = mkOption {
              type = types.str;
              default = "root";
              description = "User on the host who runs the commands, and who owns the password file.";
            };
            programs = mkOption {
              type = types.str;
              default = "";
              example = lib.literalExpression ''"''${pkgs.postgresql}/bin/"'';
              description = "Folder of `pg_dump` and `pg_restore`, with a slash at its end. They must be at least as recent as the server. Empty searches PATH.";
            };
            passfile = mkOption {
              type = types.str;
              example = "/run/nixops4-secrets/forum/pgpass";
              description = "Path of the password file on the host, which is created.";
            };
          };
        };
      };
    };

  config.members.passfile = {
    type = secrets.secret_file;
    inputs = {
      path = settings.passfile;
      owner = settings.user;
      # Any server, database and role, since the commands name them.
      template = {
        text = "*:*:*:*:{{ password }}\n";
        secrets = { inherit (settings) password; };
      };
    };
  };
}
