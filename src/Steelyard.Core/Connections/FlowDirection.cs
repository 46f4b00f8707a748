namespace Steelyard.Core.Connections;

/// <summary>Which end of a connection sent a packet.</summary>
public enum FlowDirection : byte
{
    Unknown = 0,
    FromClient,
    FromServer,
}
