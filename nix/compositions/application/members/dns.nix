# All records of the site in one group: its addresses, its media, its mail, and who may issue its certificates.
{
  lib,
  config,
  members,
  providers,
  ...
}:
let
  inherit (config) hostProfile;
  domain = config.liveDomain;
  inherit (hostProfile) smtp;
  machine = config.machine.proxmox or config.machine.existing;
  holding = if config.suspended then hostProfile.holdingPage else null;

  record = name: type: values: {
    inherit name type values;
    inherit (hostProfile.dns) ttlSeconds;
  };
  addresses =
    if holding != null then
      [ (record domain "A" [ holding ]) ]
    else
      [ (record domain "A" [ machine.ipv4 ]) ]
      ++ lib.optional (machine.ipv6 != null) (record domain "AAAA" [ machine.ipv6 ]);
  media = lib.concatMap (
    bucket:
    lib.optional (bucket.host != null) (record bucket.host "CNAME" [ "${hostProfile.garage.webHost}." ])
  ) (lib.attrValues config.application.buckets);
  mail = [
    (record domain "MX" [ (if smtp.mx == null then "0 ." else "10 ${smtp.mx}.") ])
    (record domain "TXT" [ { text = "v=spf1 ${smtp.spf} -all"; } ])
    (record "_dmarc.${domain}" "TXT" [ { text = "v=DMARC1; p=${smtp.dmarcPolicy}"; } ])
  ]
  ++ lib.optional (smtp.dkim != null) (
    record "${smtp.dkim.selector}._domainkey.${domain}" "TXT" [
      { text = members.dkim.members.key.outputs.public.txt; }
    ]
  );
  certificates = record domain "CAA" (
    map (authority: "0 issue \"${authority}\"") hostProfile.acme.authorities
  );
in
{
  members = {
    dns = {
      type = providers.dns.records;
      state = config.deploymentState;
      inputs = {
        inherit (config) zone;
        name = config.name;
        rrsets = addresses ++ media ++ mail ++ [ certificates ];
      };
    };
  }
  // lib.optionalAttrs (smtp.dkim != null) {
    dkim.members = {
      key = {
        type = providers.secrets.secret;
        state = config.deploymentState;
        inputs = {
          name = config.names.secret "dkim";
          inherit (config) adopt deletion;
          generator.dkim = { };
        };
      };
      file = {
        type = providers.secrets.secret_file;
        state = config.deploymentState;
        inputs = {
          connection = smtp.dkim.connection;
          path = "${smtp.dkim.folder}/${domain}.${smtp.dkim.selector}.key";
          source = members.dkim.members.key.outputs.ref;
          inherit (smtp.dkim) owner restartUnits;
        };
      };
    };
  };
}
