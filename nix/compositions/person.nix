{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    email = mkOption {
      type = types.str;
      description = "E-mail address, by which the person can log in too.";
    };
    displayName = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "Name for others. Null leaves it as it is.";
    };
    applications = mkOption {
      type = types.nullOr (types.listOf types.str);
      default = null;
      description = "Applications with `sso` that the person may use, by name. Null means all.";
    };
  };
}
