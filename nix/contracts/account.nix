# An account with which an application searches an LDAP directory, and the group of the people who may log in.
{ lib }:
let
  inherit (lib) mkOption types;
  inherit (import ./contract.nix { inherit lib; }) contract record;
  inherit (import ../types.nix { inherit lib; }) pathOutsideStore;
in
contract {
  request = record "Access to a directory that the application needs." {
    account = mkOption {
      type = types.nonEmptyStr;
      example = "mastodon-ldap";
      description = "Id of the service account. The application logs in to the directory with it.";
    };
    group = mkOption {
      type = types.nonEmptyStr;
      example = "mastodon";
      description = "Group of the people who may log in to the application.";
    };
    password = (import ./secret.nix { inherit lib; }).mkRequest;
  };
  result = record "Location of the directory, and the credentials for it." {
    host = mkOption {
      type = types.nonEmptyStr;
      description = "Name or address of the LDAP server.";
    };
    port = mkOption {
      type = types.port;
      description = "TCP port of the LDAP server.";
    };
    tls = mkOption {
      type = types.bool;
      description = "Whether the port expects TLS (LDAPS).";
    };
    bindDn = mkOption {
      type = types.nonEmptyStr;
      description = "Distinguished name of the service account.";
    };
    baseDn = mkOption {
      type = types.nonEmptyStr;
      description = "Base DN of the directory.";
    };
    memberFilter = mkOption {
      type = types.nonEmptyStr;
      description = "LDAP filter that finds the members of the group.";
    };
    passwordPath = mkOption {
      type = pathOutsideStore;
      description = "File on the host with the password of the service account.";
    };
  };
}
