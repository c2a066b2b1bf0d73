# What all applications have in common, as a NixOps4 component. `providerModules` are the modules of the resource providers.
providerModules: {
  _class = "nixops4Component";
  imports = [
    ./options.nix
    ./names.nix
    ./problems.nix
    (import ./providers.nix providerModules)
    ./members/secrets.nix
    ./members/database.nix
    ./members/media.nix
    ./members/dns.nix
    ./members/account.nix
    ./members/machine.nix
    ./members/delivery.nix
    ./members/nixos.nix
  ];
}
