{ lib, ... }:
{
  options = {
    connection = import ./connection.nix { inherit lib; } "`connection` of the provider dns, without the key.";
    ttlSeconds = lib.mkOption {
      type = lib.types.ints.positive;
      default = 300;
      description = "Time to live of the records, in seconds.";
    };
  };
}
