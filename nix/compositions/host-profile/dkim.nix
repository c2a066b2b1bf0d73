{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    connection =
      import ./connection.nix { inherit lib; }
        "`connection` of the provider secrets to the relay's machine, without the store: `ssh` and `registry`.";
    folder = mkOption {
      type = types.strMatching "/.*[^/]";
      example = "/var/lib/dkim";
      description = "Folder of the keys on the relay. Each is a file `<domain>.<selector>.key`.";
    };
    selector = mkOption {
      type = types.strMatching "[a-z0-9-]+";
      default = "nixops4";
      description = "Selector of the keys: they are published at `<selector>._domainkey.<domain>`.";
    };
    owner = mkOption {
      type = types.str;
      default = "root";
      description = "User of the relay who reads the keys.";
    };
    restartUnits = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Units of the relay that restart after a key changed.";
    };
  };
}
