# Rows of an application's settings.nix: the setting, where it is given, why, and the source.
#   inherit (import ../application/setting-rows.nix "mastodon") row option;
application: rec {
  # The service's module.
  nixpkgs = "https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/services/web-apps/${application}.nix";
  row = source: where: setting: why: {
    inherit
      setting
      where
      why
      source
      ;
  };
  # An option of that module, by its path below `services.<application>`.
  option =
    path:
    row nixpkgs (
      [
        "services"
        application
      ]
      ++ path
    );
}
