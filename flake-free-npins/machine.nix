# What every machine has in common, besides its application and what a guest of Proxmox VE needs.
{
  system.stateVersion = "26.05";
}
