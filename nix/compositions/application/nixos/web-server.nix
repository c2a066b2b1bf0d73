# nginx with a certificate of Let's Encrypt, for the host name of an application:
#   imports = [ (import ../application/nixos/web-server.nix { inherit nixosInputs; maxUploadMib = 99; }) ];
#   maxUploadMib   size of the largest request body, in MiB. nginx of NixOS otherwise rejects more than 10.
# The module of the application adds the locations.
{ nixosInputs, maxUploadMib }:
{ lib, ... }:
{
  services.nginx = {
    recommendedTlsSettings = lib.mkDefault true;
    recommendedOptimisation = lib.mkDefault true;
    recommendedGzipSettings = lib.mkDefault true;
    virtualHosts.${nixosInputs.domain}.extraConfig = "client_max_body_size ${toString maxUploadMib}m;";
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
