# nginx with a certificate of Let's Encrypt, for the host name of an application:
#   imports = [ (import ../application/nixos/web-server.nix { inherit nixosInputs; maxUploadMib = 99; }) ];
#   maxUploadMib   size of the largest request body, in MiB. nginx of NixOS otherwise rejects more than 10. Null leaves the
#                  limit to the module of the application.
# The module of the application adds the locations.
{
  nixosInputs,
  maxUploadMib ? null,
}:
{ lib, ... }:
{
  services.nginx = {
    recommendedTlsSettings = lib.mkDefault true;
    recommendedOptimisation = lib.mkDefault true;
    recommendedGzipSettings = lib.mkDefault true;
    virtualHosts.${nixosInputs.domain}.extraConfig = lib.mkIf (
      maxUploadMib != null
    ) "client_max_body_size ${toString maxUploadMib}m;";
  };
  security.acme = {
    acceptTerms = true;
    defaults.email = nixosInputs.acmeEmail;
  };
  networking.firewall.allowedTCPPorts = [
    80
    443
  ];
}
