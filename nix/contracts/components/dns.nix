# Fulfils the contract `dns`.
{ contracts, ... }:
{ dns }:
{ config, members, ... }:
{
  _class = "nixops4Component";

  options = contracts.dns.mkProvider {
    resultCfg = { inherit (members.records.outputs) fqdn; };
  };

  config.members.records = {
    type = dns.rrset;
    inputs = {
      inherit (config.request)
        name
        type
        values
        ttlSeconds
        ;
    };
  };
}
