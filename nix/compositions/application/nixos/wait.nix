# Makes the units of an application wait for their secrets and for the database:
#   imports = [ (import ../application/nixos/wait.nix { inherit nixosInputs files units; }) ];
#   files    names of the files in `nixosInputs.secretsFolder` that the units read. Every user can look up a name there,
#            since the units of the application do so too.
#   units    units of the application, without `.service`: they wait, and start again after a failure
#   jobs     units that a timer starts: they wait; after a failure the timer starts them again
{
  nixosInputs,
  files,
  units,
  jobs ? [ ],
}:
{ lib, pkgs, ... }:
let
  inherit (nixosInputs) application database secretsFolder;
  unit = "${application}-wait";
  waiting = {
    after = [ "${unit}.service" ];
    requires = [ "${unit}.service" ];
  };
  restarting = {
    # systemd otherwise gives up after five quick failures.
    startLimitIntervalSec = lib.mkDefault 0;
    serviceConfig = {
      Restart = lib.mkDefault "on-failure";
      RestartSec = lib.mkDefault 10;
      # The units that require this one wait until it has started again. In the mode `normal` they fail for good.
      # systemd before 257 could stop them in the mode `direct` too: https://github.com/systemd/systemd/issues/34758
      RestartMode = lib.mkDefault "direct";
    };
  };
in
{
  systemd.services = lib.mkMerge [
    (lib.genAttrs (units ++ jobs) (_: waiting))
    (lib.genAttrs (units ++ [ unit ]) (_: restarting))
    {
      # It becomes inactive when both are there, so that every start of a unit that requires it waits again: at the boot,
      # and after a failure because the database was down.
      ${unit} = {
        description = "Wait for the secrets and the database of ${application}";
        path = [ pkgs.postgresql ];
        environment = {
          PGHOST = database.host;
          PGPORT = toString database.port;
          PGCONNECT_TIMEOUT = "5";
        };
        script = ''
          for file in ${lib.escapeShellArgs (map (file: "${secretsFolder}/${file}") files)}; do
            until [ -e "$file" ]; do
              echo "waiting for $file"
              sleep 5
            done
          done
          until pg_isready --quiet; do
            echo "waiting for PostgreSQL at $PGHOST, port $PGPORT"
            sleep 5
          done
        '';
        serviceConfig = {
          Type = "oneshot";
          TimeoutStartSec = "infinity";
          # It sees that the files exist, and reads none.
          DynamicUser = true;
        };
      };
    }
  ];
}
