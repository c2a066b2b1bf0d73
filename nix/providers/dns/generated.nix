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
                description = "Host name or address of the zones' primary name server, which may be hidden. It must accept TCP.";
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
                      description = "Name of the key on the server.";
                    };
                    algorithm = mkOption {
                      type = types.enum [ "hmac-sha256" "hmac-sha384" "hmac-sha512" ];
                      default = "hmac-sha256";
                      description = "Algorithm of the key. The server accepts a key only with the algorithm that it is configured with.";
                    };
                    secret = mkOption {
                      type = suiteTypes.secretRef;
                      description = "Secret of the key, in Base64 as `tsig-keygen` and `keymgr` print it.";
                    };
                  };
                };
                description = "Key that signs requests and verifies answers (TSIG, RFC 8945).";
              };
              zones = mkOption {
                type = types.listOf types.str;
                default = [ ];
                description = "Zones that `list` searches for records of a deployment, since DNS cannot list a server's zones. Not needed for anything else.";
              };
              waitForSecondaries = mkOption {
                type = types.listOf (types.submodule {
                  options = {
                    host = mkOption {
                      type = types.nonEmptyStr;
                      description = "Host name or address of a secondary name server of the zones.";
                    };
                    port = mkOption {
                      type = types.ints.between 1 65535;
                      default = 53;
                      description = "TCP port.";
                    };
                  };
                });
                default = [ ];
                description = "Secondary servers that must serve the new serial number before a write is complete. They are queried without a signature, until `timeoutSeconds` is over.";
              };
            };
          };
          description = "Primary name server that accepts dynamic updates (RFC 2136): BIND, Knot, PowerDNS and others.";
        };
        powerdns = mkOption {
          type = types.submodule {
            options = {
              url = mkOption {
                type = types.str;
                description = "URL of the HTTP API, without `/api/v1` at its end. PowerDNS itself only offers `http`, which is accepted for this machine only unless `allowPlaintext` is true: put a TLS proxy in front of it.";
              };
              allowPlaintext = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the credentials may be sent over `http` to another machine, where everybody on the way can read and change them. Needed for an `http` URL unless its host is `localhost` or an address of loopback.";
              };
              apiKey = mkOption {
                type = suiteTypes.secretRef;
                description = "API key: the value of `api-key` in the server's configuration.";
              };
              ca = mkOption {
                type = types.nullOr suiteTypes.runtimePath;
                default = null;
                description = "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.";
              };
              serverId = mkOption {
                type = types.str;
                default = "localhost";
                description = "Id of the server in the API.";
              };
            };
          };
          description = "HTTP API of PowerDNS Authoritative, which can also create and delete zones.";
        };
        octodns = mkOption {
          type = types.submodule {
            options = {
              class = mkOption {
                type = types.str;
                description = "Class of OctoDNS' provider for the service, as in its `config.yaml`.";
              };
              settings = mkOption {
                type = types.attrsOf suiteTypes.json;
                default = { };
                description = "Settings of the class, as in `config.yaml`. Put secret ones into `secrets`.";
              };
              secrets = mkOption {
                type = types.attrsOf suiteTypes.secretRef;
                default = { };
                description = "Secret settings of the class, by name, such as `token`. OctoDNS receives them through a pipe.";
              };
              zones = mkOption {
                type = types.nonEmptyListOf types.str;
                description = "Zones that this connection may manage. It never accesses other zones.";
              };
              command = mkOption {
                type = types.nullOr types.nonEmptyStr;
                default = null;
                description = "Path of the program `octodns-sync`, installed with the provider's Python package (nixpkgs: `octodns.withProviders`). Null searches PATH.";
              };
            };
          };
          description = "Hosting service that OctoDNS supports: Route 53, Cloudflare, Gandi and some thirty others. For `records` only.";
        };
      };
      description = "Location of the backend, and the credentials for it.";
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
      description = "Action on destroy: `delete` deletes the object, `retain` only removes its mark. Null deletes objects that the deployment created. It retains adopted objects, and all objects of a type that is retained by default.";
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
  description = "DNS records and zones. Connects by dynamic update (RFC 2136) with TSIG, by PowerDNS' HTTP API, or by OctoDNS to a hosting service.";
  resourceTypes = {
    records = {
      description = "A group of record sets in one zone, created, changed and removed in one atomic update: all records of an application, or none.";
      requireState = false;
      inputs.options = common // {
        zone = mkOption {
          type = types.nonEmptyStr;
          description = "Zone that contains all of the records.";
        };
        name = mkOption {
          type = types.strMatching "[a-z0-9][a-z0-9-]{0,39}";
          description = "Name of this group of records: 1 to 40 of a-z, 0-9 and the hyphen, unique in the zone. The TXT record `_nixops4-records.NAME.ZONE` lists the group's record sets.";
        };
        rrsets = mkOption {
          type = types.nonEmptyListOf (types.submodule {
            options = {
              name = mkOption {
                type = types.nonEmptyStr;
                description = "Fully qualified name of the records, with or without a trailing dot; never relative to a zone. A leading `*` label is a wildcard. Labels may be Unicode. Names that begin with `_nixops4-` are reserved: the provider keeps its marks there.";
              };
              type = mkOption {
                type = types.strMatching "[A-Z][A-Z0-9]*";
                description = "Type of the records: A, AAAA, AFSDB, ALIAS, CAA, CDNSKEY, CDS, CERT, CNAME, DNAME, DS, HINFO, HTTPS, LOC, MX, NAPTR, NS, OPENPGPKEY, PTR, RP, SMIMEA, SRV, SSHFP, SVCB, TLSA, TXT, URI, or any other type by its number, such as `TYPE65400`.";
              };
              ttlSeconds = mkOption {
                type = types.ints.between 0 2147483647;
                default = 300;
                description = "Time to live of the records in resolvers' caches, in seconds.";
              };
              values = mkOption {
                type = types.nonEmptyListOf (types.oneOf [ types.str (types.attrsOf suiteTypes.json) ]);
                description = "All values of the name and type, in any order. Each is a text as in a zone file (`10 mail.example.org.`) or an object with the fields of its type (`{ preference = 10; exchange = \"mail.example.org\"; }`). Names in values are fully qualified. A TXT text is taken literally unless it begins with a double quote, and is split every 255 octets. Other texts in the form of a zone file, such as `( \"a\" \"b\" )` or `a\\; b`, are rejected; `{ text = ...; }` is always literal. Fields: A has `address`; AAAA has `address`; AFSDB has `subtype`, `host`; ALIAS has `target`; CAA has `flags`, `tag`, `value`; CDNSKEY has `flags`, `protocol`, `algorithm`, `publicKey`; CDS has `keyTag`, `algorithm`, `digestType`, `digest`; CERT has `certificateType`, `keyTag`, `algorithm`, `certificate`; CNAME has `target`; DNAME has `target`; DS has `keyTag`, `algorithm`, `digestType`, `digest`; HINFO has `cpu`, `os`; HTTPS has `priority`, `target`, `parameters`; LOC has `latitude`, `longitude`, `altitudeMeters`, `sizeMeters`, `horizontalPrecisionMeters`, `verticalPrecisionMeters`; MX has `preference`, `exchange`; NAPTR has `order`, `preference`, `flags`, `services`, `regexp`, `replacement`; NS has `target`; OPENPGPKEY has `publicKey`; PTR has `target`; RP has `mailbox`, `text`; SMIMEA has `usage`, `selector`, `matchingType`, `data`; SRV has `priority`, `weight`, `port`, `target`; SSHFP has `algorithm`, `fingerprintType`, `fingerprint`; SVCB has `priority`, `target`, `parameters`; TLSA has `usage`, `selector`, `matchingType`, `data`; TXT has `text`; URI has `priority`, `weight`, `target`. All are required, except `parameters` and those with a default: `flags` of CAA (0), `protocol` of CDNSKEY (3), `text` of RP (`.`), and in LOC `sizeMeters` (1), `horizontalPrecisionMeters` (10000) and `verticalPrecisionMeters` (10). `digest`, `fingerprint` and `data` are hexadecimal digits; `publicKey` and `certificate` are Base64. `text` of TXT is a text, or a list of texts of at most 255 octets. `latitude` and `longitude` are texts such as `\"52 22 23.5 N\"`: degrees, and optionally minutes and seconds. `parameters` is an object such as `{ alpn = [ \"h2\" ]; port = 443; ipv4hint = [ \"192.0.2.1\" ]; }`. Types without supported fields are written `\\# LENGTH HEXADECIMAL` (RFC 3597).";
              };
            };
          });
          description = "Record sets of the group. Each has all records of one name and type.";
        };
        parentServer = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              host = mkOption {
                type = types.nonEmptyStr;
                description = "Host name or address of a name server of the parent zone, such as `a.gtld-servers.net` for a zone in com.";
              };
              port = mkOption {
                type = types.ints.between 1 65535;
                default = 53;
                description = "TCP port.";
              };
            };
          });
          default = null;
          description = "Server of the parent zone, queried without a signature for the zone's delegation. It affects only the output `delegation`. Null skips the query.";
        };
      };
      outputs.options = {
        zone = mkOption {
          type = types.str;
          description = "Name of the zone, without a trailing dot.";
        };
        fqdns = mkOption {
          type = types.listOf types.str;
          description = "Fully qualified names of the record sets, in ASCII, sorted and without duplicates.";
        };
        serial = mkOption {
          type = types.int;
          description = "Serial number of the zone's SOA record at the last lookup. Every change in the zone increases it.";
        };
        delegation = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              parentSays = mkOption {
                type = types.listOf types.str;
                description = "Name servers that the parent zone delegates to.";
              };
              zoneSays = mkOption {
                type = types.listOf types.str;
                description = "Name servers in the zone's own NS records, which the parent zone should have too.";
              };
              parentDs = mkOption {
                type = types.listOf types.str;
                description = "DS records in the parent zone.";
              };
              zoneDs = mkOption {
                type = types.listOf types.str;
                description = "DS records for the zone's keys: those that its CDS records request, otherwise one per key and digest. The parent zone needs one per key. Empty if the zone is not signed, or if the service does not tell.";
              };
              toDo = mkOption {
                type = types.nullOr types.str;
                description = "Changes to make at the registrar or in the parent zone; null if none are needed.";
              };
            };
          });
          description = "The zone's delegation as seen by the parent zone; null if `parentServer` is null.";
        };
      };
    };
    rrset = {
      description = "All records of one name and type, or with `shared` its own values among them. Every change is one atomic update, which fails without effect if another client changed the records first.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Fully qualified name of the records, with or without a trailing dot; never relative to a zone. A leading `*` label is a wildcard. Labels may be Unicode. Names that begin with `_nixops4-` are reserved: the provider keeps its marks there.";
        };
        type = mkOption {
          type = types.strMatching "[A-Z][A-Z0-9]*";
          description = "Type of the records: A, AAAA, AFSDB, ALIAS, CAA, CDNSKEY, CDS, CERT, CNAME, DNAME, DS, HINFO, HTTPS, LOC, MX, NAPTR, NS, OPENPGPKEY, PTR, RP, SMIMEA, SRV, SSHFP, SVCB, TLSA, TXT, URI, or any other type by its number, such as `TYPE65400`.";
        };
        ttlSeconds = mkOption {
          type = types.ints.between 0 2147483647;
          default = 300;
          description = "Time to live of the records in resolvers' caches, in seconds.";
        };
        values = mkOption {
          type = types.nonEmptyListOf (types.oneOf [ types.str (types.attrsOf suiteTypes.json) ]);
          description = "All values of the name and type, in any order. Each is a text as in a zone file (`10 mail.example.org.`) or an object with the fields of its type (`{ preference = 10; exchange = \"mail.example.org\"; }`). Names in values are fully qualified. A TXT text is taken literally unless it begins with a double quote, and is split every 255 octets. Other texts in the form of a zone file, such as `( \"a\" \"b\" )` or `a\\; b`, are rejected; `{ text = ...; }` is always literal. Fields: A has `address`; AAAA has `address`; AFSDB has `subtype`, `host`; ALIAS has `target`; CAA has `flags`, `tag`, `value`; CDNSKEY has `flags`, `protocol`, `algorithm`, `publicKey`; CDS has `keyTag`, `algorithm`, `digestType`, `digest`; CERT has `certificateType`, `keyTag`, `algorithm`, `certificate`; CNAME has `target`; DNAME has `target`; DS has `keyTag`, `algorithm`, `digestType`, `digest`; HINFO has `cpu`, `os`; HTTPS has `priority`, `target`, `parameters`; LOC has `latitude`, `longitude`, `altitudeMeters`, `sizeMeters`, `horizontalPrecisionMeters`, `verticalPrecisionMeters`; MX has `preference`, `exchange`; NAPTR has `order`, `preference`, `flags`, `services`, `regexp`, `replacement`; NS has `target`; OPENPGPKEY has `publicKey`; PTR has `target`; RP has `mailbox`, `text`; SMIMEA has `usage`, `selector`, `matchingType`, `data`; SRV has `priority`, `weight`, `port`, `target`; SSHFP has `algorithm`, `fingerprintType`, `fingerprint`; SVCB has `priority`, `target`, `parameters`; TLSA has `usage`, `selector`, `matchingType`, `data`; TXT has `text`; URI has `priority`, `weight`, `target`. All are required, except `parameters` and those with a default: `flags` of CAA (0), `protocol` of CDNSKEY (3), `text` of RP (`.`), and in LOC `sizeMeters` (1), `horizontalPrecisionMeters` (10000) and `verticalPrecisionMeters` (10). `digest`, `fingerprint` and `data` are hexadecimal digits; `publicKey` and `certificate` are Base64. `text` of TXT is a text, or a list of texts of at most 255 octets. `latitude` and `longitude` are texts such as `\"52 22 23.5 N\"`: degrees, and optionally minutes and seconds. `parameters` is an object such as `{ alpn = [ \"h2\" ]; port = 443; ipv4hint = [ \"192.0.2.1\" ]; }`. Types without supported fields are written `\\# LENGTH HEXADECIMAL` (RFC 3597).";
        };
        zone = mkOption {
          type = types.nullOr types.nonEmptyStr;
          default = null;
          description = "Zone that contains the records. Null asks the server for the zone of the name. Set it to the parent zone for NS records of a delegation if the server has the delegated zone too.";
        };
        ptr = mkOption {
          type = types.bool;
          default = false;
          description = "For A and AAAA: whether each address gets a PTR record that points back to the name. If the reverse name is a CNAME record (RFC 2317), the PTR record is created at its target. Addresses whose reverse zone is not on the server are skipped with a warning.";
        };
        shared = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the resource owns only its own `values` of the name and type, so that other resources and deployments can own further ones. All resources that share a set must set it, with the same `ttlSeconds`. Values without an owner are kept. Not for CNAME and DNAME.";
        };
        part = mkOption {
          type = types.nullOr (types.strMatching "[a-z0-9][a-z0-9-]{0,39}");
          default = null;
          description = "Name of this resource's values in a shared set: 1 to 40 of a-z, 0-9 and the hyphen, unique in the deployment for a name and type. It tells which values the resource owned before, so values removed from `values` are deleted. Null identifies the values only by themselves: without a state, values removed from `values` then stay.";
        };
        parentServer = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              host = mkOption {
                type = types.nonEmptyStr;
                description = "Host name or address of a name server of the parent zone, such as `a.gtld-servers.net` for a zone in com.";
              };
              port = mkOption {
                type = types.ints.between 1 65535;
                default = 53;
                description = "TCP port.";
              };
            };
          });
          default = null;
          description = "Server of the parent zone, queried without a signature for the zone's delegation. It affects only the output `delegation`. Null skips the query.";
        };
      };
      outputs.options = {
        fqdn = mkOption {
          type = types.str;
          description = "Fully qualified name in ASCII, without a trailing dot.";
        };
        zone = mkOption {
          type = types.str;
          description = "Zone that contains the records, without a trailing dot.";
        };
        serial = mkOption {
          type = types.int;
          description = "Serial number of the zone's SOA record at the last lookup. Every change in the zone increases it.";
        };
        ptrNames = mkOption {
          type = types.listOf types.str;
          description = "Names of the PTR records that `ptr` created.";
        };
        delegation = mkOption {
          type = types.nullOr (types.submodule {
            options = {
              parentSays = mkOption {
                type = types.listOf types.str;
                description = "Name servers that the parent zone delegates to.";
              };
              zoneSays = mkOption {
                type = types.listOf types.str;
                description = "Name servers in the zone's own NS records, which the parent zone should have too.";
              };
              parentDs = mkOption {
                type = types.listOf types.str;
                description = "DS records in the parent zone.";
              };
              zoneDs = mkOption {
                type = types.listOf types.str;
                description = "DS records for the zone's keys: those that its CDS records request, otherwise one per key and digest. The parent zone needs one per key. Empty if the zone is not signed, or if the service does not tell.";
              };
              toDo = mkOption {
                type = types.nullOr types.str;
                description = "Changes to make at the registrar or in the parent zone; null if none are needed.";
              };
            };
          });
          description = "The zone's delegation as seen by the parent zone; null if `parentServer` is null.";
        };
      };
    };
    zone = {
      description = "A zone of PowerDNS Authoritative, by its HTTP API; other connections cannot create zones. The mark is in the zone's metadata `X-NIXOPS4`.";
      requireState = false;
      inputs.options = common // {
        name = mkOption {
          type = types.nonEmptyStr;
          description = "Name of the zone, with or without a trailing dot.";
        };
        kind = mkOption {
          type = types.enum [ "Native" "Master" "Slave" ];
          default = "Native";
          description = "Replication of the zone: `Native` by the database, `Master` as a primary that notifies its secondaries, `Slave` by transfer from `masters`.";
        };
        masters = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Addresses of the primaries of a `Slave`, each with or without a port, such as `192.0.2.53:5353`.";
        };
        nameservers = mkOption {
          type = types.nullOr (types.listOf types.nonEmptyStr);
          default = null;
          description = "Names of the zone's name servers, written as its NS records. Null does not manage the NS records, so that an `rrset` can; a `Slave` gets them from its primary.";
        };
        soaEdit = mkOption {
          type = types.nullOr (types.enum [ "INCREMENT-WEEKS" "INCEPTION-EPOCH" "INCEPTION-INCREMENT" "EPOCH" "NONE" ]);
          default = null;
          description = "Method of changing the serial number when a signed zone is served (SOA-EDIT). Null serves the stored serial number.";
        };
        soaEditApi = mkOption {
          type = types.enum [ "DEFAULT" "INCREASE" "EPOCH" "SOA-EDIT" "SOA-EDIT-INCREASE" ];
          default = "DEFAULT";
          description = "Method of changing the serial number at each change by the API (SOA-EDIT-API).";
        };
        dnssec = mkOption {
          type = types.bool;
          default = false;
          description = "Whether the zone is signed. The provider only turns it on: turning it off destroys the keys, and is rejected.";
        };
        updateKeys = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Names of the server's TSIG keys that may change the zone by dynamic update (TSIG-ALLOW-DNSUPDATE). If empty, and with `dnsupdate=yes`, PowerDNS accepts unsigned updates from `allow-dnsupdate-from`.";
        };
        transferKeys = mkOption {
          type = types.listOf types.str;
          default = [ ];
          description = "Names of the server's TSIG keys that may transfer the zone (TSIG-ALLOW-AXFR).";
        };
        account = mkOption {
          type = types.str;
          default = "";
          description = "The zone's account in PowerDNS: free text of up to 40 characters.";
        };
        deleteRecords = mkOption {
          type = types.bool;
          default = false;
          description = "Whether destroying may delete a zone with records other than its SOA and NS. False rejects it.";
        };
      };
      outputs.options = {
        serial = mkOption {
          type = types.int;
          description = "Serial number of the zone as served.";
        };
        ds = mkOption {
          type = types.listOf types.str;
          description = "DS records that the parent zone needs, one per key and digest type; empty without DNSSEC.";
        };
      };
    };
  };
}
