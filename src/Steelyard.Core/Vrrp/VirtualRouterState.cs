namespace Steelyard.Core.Vrrp;

/// <summary>
/// State of a virtual router. RFC 9568 §6.4 says Initialize, Backup and Active; our users say
/// MASTER for Active, and FAULT for a router that may not take part.
/// </summary>
public enum VirtualRouterState : byte
{
    Unknown = 0,
    Initialize,
    Backup,
    Master,
    Fault,
}
