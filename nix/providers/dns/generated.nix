# Written by `npm run generate` from the schemas of the provider dns; do not edit.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  suiteTypes = import ../../types.nix { inherit lib; };
  # Inputs of all types.
  common = {
    connection = mkOption {
      type = types.attrTag {
        rfc2136 = mkOption {
          type = types.submodule {
            options = {
              host = mkOption {
                type = types.nonEmptyStr;
                description = "The zones' primary name server, also a hidden one. It must take TCP. Its name or address.";
              };
              port = mkOption {
                type = types.ints.between 1 65535;
                default = 53;
                description = "TCP port.";
              };
              tsig = mkOption {
                type = types.submodule {
                  options = {
                    name = mkOption {
                      type = types.str;
                      description = "Name of the key at the server.";
                    };
                    algorithm = mkOption {
                      type = types.enum [ "hmac-sha256" "hmac-sha384" "hmac-sha512" ];
                      default = "hmac-sha256";
                      description = "The key's algorithm. Servers take a key with its own algorithm only.";
                    };
                    secret = mkOption {
                      type = suiteTypes.secretRef;
                      description = "The key itself, in Base64 as `tsig-keygen` and `keymgr` write it.";
                    };
                  };
                };
                description = "Key that signs requests and vouches for answers (TSIG, RFC 8945).";
              };
              zones = mkOption {
                type = types.listOf types.str;
                default = [ ];
                description = "Zones that are looked through for what a deployment has left behind. DNS cannot tell which zones a server has.";
              };
              waitForSecondaries = mkOption {
                type = types.listOf (types.submodule {
                  options = {
                    host = mkOption {
                      type = types.nonEmptyStr;
                      description = "A secondary name server of the zones. Its name or address.";
                    };
                    port = mkOption {
                      type = types.ints.between 1 65535;
                      default = 53;
                      description = "TCP port.";
                    };
                  };
                });
                default = [ ];
                description = "Servers that must have what was written before the request is done, as far as `timeoutSeconds` allows. They are asked for the zone's serial number, without a signature.";
              };
            };
          };
          description = "A primary name server that takes dynamic updates (RFC 2136): BIND, Knot, PowerDNS and others.";
        };
        powerdns = mkOption {
          type = types.submodule {
            options = {
              url = mkOption {
                type = types.str;
                description = "Address of the HTTP API, without the `/api/v1` at its end. Over `http` everybody on the way can read the API key: only for this machine, or a network that is private.";
              };
              apiKey = mkOption {
                type = suiteTypes.secretRef;
                description = "The key that the server has as `api-key`.";
              };
              ca = mkOption {
                type = types.nullOr suiteTypes.runtimePath;
                default = null;
                description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
              };
              serverId = mkOption {
                type = types.str;
                default = "localhost";
                description = "The server's id in the API.";
              };
            };
          };
          description = "PowerDNS Authoritative by its HTTP API, and there the zones themselves.";
        };
        octodns = mkOption {
          type = types.submodule {
            options = {
              class = mkOption {
                type = types.str;
                description = "OctoDNS' provider for the service, as in its own `config.yaml`.";
              };
              settings = mkOption {
                type = types.attrsOf suiteTypes.json;
                default = { };
                description = "What the class takes beside, as in `config.yaml`, without what is secret.";
              };
              secrets = mkOption {
                type = types.attrsOf suiteTypes.secretRef;
                default = { };
                description = "Settings of the class that are secret, each by its name such as `token`. They reach OctoDNS through a pipe.";
              };
              zones = mkOption {
                type = types.nonEmptyListOf types.str;
                description = "The zones that are managed in this way. Everything else is out of reach.";
              };
              command = mkOption {
                type = types.nullOr types.nonEmptyStr;
                default = null;
                description = "The program `octodns-sync`, with the provider's Python package beside it (nixpkgs: `octodns.withProviders`). Null takes it from PATH.";
              };
            };
          };
          description = "Zones at a service that OctoDNS knows: Route 53, Cloudflare, Gandi and some thirty others. For `records` only.";
        };
      };
      description = "How to reach the backend, and as whom.";
    };
    managedBy = mkOption {
      type = types.strMatching "[a-z0-9-]{1,63}";
      description = "Name of the deployment, written in the mark of every object that it manages: 1 to 63 characters of a-z, 0-9 and hyphen. An object marked with another name is never changed.";
    };
    adopt = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to adopt an existing object that carries no mark. Destroying keeps an adopted object unless `deletion` is `delete`.";
    };
    adoptFrom = mkOption {
      type = types.nullOr (types.strMatching "[a-z0-9-]{1,63}");
      default = null;
      description = "Name of another deployment whose object is adopted. Null adopts no marked object.";
    };
    deletion = mkOption {
      type = types.nullOr (types.enum [ "delete" "retain" ]);
      default = null;
      description = "Action on destroy: `delete` deletes the object, `retain` only removes its mark. Null deletes objects that the deployment created and retains those that it adopted.";
    };
    timeoutSeconds = mkOption {
      type = types.ints.between 1 86400;
      default = 300;
      description = "Maximum duration of one request, in seconds.";
    };
  };
in
{
  name = "DNS";
  description = "DNS records, by dynamic update (RFC 2136) with TSIG, by PowerDNS' HTTP API, or at hosting services by OctoDNS.";
  resourceTypes = {
    records = {
      description = "Many record sets of one zone, made, changed and removed in one atomic update: all that an application needs, or none of it.";
      requireState = false;
      inputs.options = common // {
        zone = mkOption {
          type = types.nonEmptyStr;
          description = "Zone that holds all of the records.";
        };
        name = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9-]{0,39}";
          description = "What these records are called in the zone, where a TXT record `_nixops4-records.NAME.ZONE` tells which ones they are: 1 to 40 of a-z, 0-9 and the hyphen.";
        };
        rrsets = mkOption {
          type = types.nonEmptyListOf (types.submodule {
            options = {
              name = mkOption {
                type = types.nonEmptyStr;
                description = "Whole name of the records, with or without a dot at its end; never relative to a zone. A `*` in front is a wildcard, labels may be Unicode.";
              };
              type = mkOption {
                type = types.strMatching "[A-Z][A-Z0-9]*";
                description = "Type of the records: A, AAAA, CAA, CNAME, DS, HTTPS, MX, NAPTR, NS, PTR, SRV, SSHFP, SVCB, TLSA or TXT, or any other by its number, such as `TYPE65400`.";
              };
              ttlSeconds = mkOption {
                type = types.ints.between 0 2147483647;
                default = 300;
                description = "How long others may keep the records, in seconds.";
              };
              values = mkOption {
                type = types.nonEmptyListOf (types.oneOf [ types.str (types.attrsOf suiteTypes.json) ]);
                description = "All values of the name and type, in any order. Each is a text as in a zone file (`10 mail.example.org.`) or an object with the fields of its type (`{ preference = 10; exchange = \"mail.example.org\"; }`); names in them are whole. A text of TXT is the text itself, whatever is in it, unless it begins with a quote; it is split at 255 octets. Types without fields here are written `\\# LENGTH HEXADECIMAL` (RFC 3597).";
              };
            };
          });
          description = "The record sets, each all records of one name and type.";
        };
        parentServer = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              host = mkOption {
                type = types.nonEmptyStr;
                description = "A name server of the zone's parent, such as `a.gtld-servers.net` for a zone in com. Its name or address.";
              };
              port = mkOption {
                type = types.ints.between 1 65535;
                default = 53;
                description = "TCP port.";
              };
            };
          });
          default = null;
          description = "Server that is asked, without a signature, whom the parent delegates the zone to; null does not ask. It decides the output `delegation` only.";
        };
      };
      outputs.options = {
        zone = mkOption {
          type = types.str;
          description = "The zone, without a dot at its end.";
        };
        fqdns = mkOption {
          type = types.listOf types.str;
          description = "The names that have records here, whole, in ASCII, sorted and each once.";
        };
        serial = mkOption {
          type = types.int;
          description = "Serial number of the zone's SOA record when it was looked at last. Every change in the zone raises it.";
        };
        delegation = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              parentSays = mkOption {
                type = types.listOf types.str;
                description = "Name servers that the parent delegates to.";
              };
              zoneSays = mkOption {
                type = types.listOf types.str;
                description = "Name servers that the zone has, which the parent should say too.";
              };
              parentDs = mkOption {
                type = types.listOf types.str;
                description = "DS records that the parent has.";
              };
              zoneDs = mkOption {
                type = types.listOf types.str;
                description = "DS records that fit the zone's keys: those that it asks for by CDS records, else one for each digest of each key. Of a key the parent needs one. None where the zone is not signed, or a service does not tell.";
              };
              toDo = mkOption {
                type = types.nullOr types.str;
                description = "What is to be done at the registrar, or with the parent; null where nothing is.";
              };
            };
          });
          description = "The zone as its parent sees it; null where `parentServer` is null.";
        };
      };
    };
    rrset = {
      description = "All records of one name and type. Every change is one atomic update, which the server refuses where somebody else was faster.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Whole name of the records, with or without a dot at its end; never relative to a zone. A `*` in front is a wildcard, labels may be Unicode.";
        };
        type = mkOption {
          type = types.strMatching "[A-Z][A-Z0-9]*";
          description = "Type of the records: A, AAAA, CAA, CNAME, DS, HTTPS, MX, NAPTR, NS, PTR, SRV, SSHFP, SVCB, TLSA or TXT, or any other by its number, such as `TYPE65400`.";
        };
        ttlSeconds = mkOption {
          type = types.ints.between 0 2147483647;
          default = 300;
          description = "How long others may keep the records, in seconds.";
        };
        values = mkOption {
          type = types.nonEmptyListOf (types.oneOf [ types.str (types.attrsOf suiteTypes.json) ]);
          description = "All values of the name and type, in any order. Each is a text as in a zone file (`10 mail.example.org.`) or an object with the fields of its type (`{ preference = 10; exchange = \"mail.example.org\"; }`); names in them are whole. A text of TXT is the text itself, whatever is in it, unless it begins with a quote; it is split at 255 octets. Types without fields here are written `\\# LENGTH HEXADECIMAL` (RFC 3597).";
        };
        zone = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Zone that holds the records. Null asks the server for the one that holds the name; at a name that is a zone of its own there, NS records are that zone's, and only with `zone` its parent's.";
        };
        ptr = mkOption {
          type = types.bool;
          default = false;
          description = "For A and AAAA: whether each address gets a PTR record that leads back to the name, where the server has its reverse zone.";
        };
        parentServer = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              host = mkOption {
                type = types.nonEmptyStr;
                description = "A name server of the zone's parent, such as `a.gtld-servers.net` for a zone in com. Its name or address.";
              };
              port = mkOption {
                type = types.ints.between 1 65535;
                default = 53;
                description = "TCP port.";
              };
            };
          });
          default = null;
          description = "Server that is asked, without a signature, whom the parent delegates the zone to; null does not ask. It decides the output `delegation` only.";
        };
      };
      outputs.options = {
        fqdn = mkOption {
          type = types.str;
          description = "The whole name in ASCII, without a dot at its end.";
        };
        zone = mkOption {
          type = types.str;
          description = "Zone that holds the records, without a dot at its end.";
        };
        serial = mkOption {
          type = types.int;
          description = "Serial number of the zone's SOA record when it was looked at last. Every change in the zone raises it.";
        };
        ptrNames = mkOption {
          type = types.listOf types.str;
          description = "Names of the PTR records that `ptr` made.";
        };
        delegation = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              parentSays = mkOption {
                type = types.listOf types.str;
                description = "Name servers that the parent delegates to.";
              };
              zoneSays = mkOption {
                type = types.listOf types.str;
                description = "Name servers that the zone has, which the parent should say too.";
              };
              parentDs = mkOption {
                type = types.listOf types.str;
                description = "DS records that the parent has.";
              };
              zoneDs = mkOption {
                type = types.listOf types.str;
                description = "DS records that fit the zone's keys: those that it asks for by CDS records, else one for each digest of each key. Of a key the parent needs one. None where the zone is not signed, or a service does not tell.";
              };
              toDo = mkOption {
                type = types.nullOr types.str;
                description = "What is to be done at the registrar, or with the parent; null where nothing is.";
              };
            };
          });
          description = "The zone as its parent sees it; null where `parentServer` is null.";
        };
      };
    };
    zone = {
      description = "A zone of PowerDNS, by its HTTP API; servers that are reached otherwise have no way to make one. The mark is in the zone's metadata `X-NIXOPS4`.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the zone, with or without a dot at its end.";
        };
        kind = mkOption {
          type = types.enum [ "Native" "Master" "Slave" ];
          default = "Native";
          description = "How it is replicated: `Native` by the database, `Master` as a primary that notifies its secondaries, `Slave` from `masters`.";
        };
        masters = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Addresses of the primaries of a `Slave`, each with or without a port, such as `192.0.2.53:5353`.";
        };
        nameservers = mkOption {
          type = types.nullOr (types.listOf types.nonEmptyStr);
          default = null;
          description = "Names of the zone's name servers, its NS records. Null leaves them to others, such as an `rrset`; a `Slave` has those of its primary.";
        };
        soaEdit = mkOption {
          type = types.nullOr (types.enum [ "INCREMENT-WEEKS" "INCEPTION-EPOCH" "INCEPTION-INCREMENT" "EPOCH" "NONE" ]);
          default = null;
          description = "How the serial number is changed when it is served, for a signed zone (SOA-EDIT). Null serves it as it is.";
        };
        soaEditApi = mkOption {
          type = types.enum [ "DEFAULT" "INCREASE" "EPOCH" "SOA-EDIT" "SOA-EDIT-INCREASE" ];
          default = "DEFAULT";
          description = "How the serial number changes with a change by the API (SOA-EDIT-API).";
        };
        dnssec = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the zone is signed. It can be turned on; turning it off destroys the keys, which is left to a person.";
        };
        updateKeys = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Names of the TSIG keys at the server that may change the zone by dynamic update (TSIG-ALLOW-DNSUPDATE). Without any, and with `dnsupdate=yes`, PowerDNS takes updates that nobody signed from `allow-dnsupdate-from`.";
        };
        transferKeys = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Names of the TSIG keys at the server that may transfer the zone (TSIG-ALLOW-AXFR).";
        };
        account = mkOption {
          type = types.str;
          default = "";
          description = "What PowerDNS calls the zone's account; free text of up to 40 characters.";
        };
        deleteRecords = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the zone may be destroyed with records in it beside SOA and its own NS.";
        };
      };
      outputs.options = {
        serial = mkOption {
          type = types.int;
          description = "Serial number of the zone as it is served.";
        };
        ds = mkOption {
          type = types.listOf types.str;
          description = "DS records that the parent zone has to have for the signed zone, one for each kind of digest; none without DNSSEC.";
        };
      };
    };
  };
}
