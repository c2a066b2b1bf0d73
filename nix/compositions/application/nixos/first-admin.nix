# Creates the first administrator of an application:
#   imports = [ (import ../application/nixos/first-admin.nix { inherit nixosInputs after service; }) ];
#   after     units that must have started before, without `.service`
#   service   the rest of the systemd service: `script`, `path`, `environment`, `serviceConfig`
# The script asks the application whether an administrator exists, and does nothing if so. It gets ADMIN_NAME, ADMIN_EMAIL
# and the file `$CREDENTIALS_DIRECTORY/password`, which is `admin-password` in `nixosInputs.secretsFolder`.
# The unit is `<application>-first-admin`: list it in the `units` of wait.nix.
{
  nixosInputs,
  after,
  service,
}:
{ lib, ... }:
let
  inherit (nixosInputs) admin application secretsFolder;
  units = map (unit: "${unit}.service") after;
in
{
  systemd.services."${application}-first-admin" = lib.mkMerge [
    service
    {
      description = "First administrator of ${application}";
      wantedBy = [ "multi-user.target" ];
      after = units;
      # Not `requires`: a restart of those units must not run it again.
      wants = units;
      environment = {
        ADMIN_NAME = admin.name;
        ADMIN_EMAIL = admin.email;
      };
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        LoadCredential = [ "password:${secretsFolder}/admin-password" ];
        # Every attempt starts the application once more.
        RestartSec = 60;
      };
    }
  ];
}
