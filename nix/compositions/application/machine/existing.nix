{ lib, ... }:
{
  options = {
    host = lib.mkOption {
      type = lib.types.str;
      description = "Name or address for SSH.";
    };
    port = lib.mkOption {
      type = lib.types.port;
      default = 22;
      description = "TCP port of its SSH server.";
    };
    hostKeys = lib.mkOption {
      type = lib.types.nonEmptyListOf lib.types.str;
      description = "Public SSH host keys, such as the output `publicKey` of an `ssh_host_key`. Other keys are rejected.";
    };
    ipv4 = lib.mkOption {
      type = lib.types.str;
      description = "Public IPv4 address.";
    };
    ipv6 = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      description = "Public IPv6 address. Null means none.";
    };
  };
}
