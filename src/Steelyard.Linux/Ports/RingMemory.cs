using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>Asks for a receive ring and maps it.</summary>
internal static unsafe class RingMemory
{
    internal static byte* Map(
        PacketSocket packetSocket, void* request, uint requestLength, nuint length)
    {
        if (setsockopt(
            packetSocket.Descriptor, SOL_PACKET, PACKET_RX_RING, request, requestLength) != 0)
        {
            throw KernelException.Last($"set up the receive ring of {packetSocket.Name}");
        }

        nint memory = mmap(
            0, length, PROT_READ | PROT_WRITE, MAP_SHARED, packetSocket.Descriptor, 0);
        return memory == -1
            ? throw KernelException.Last($"map the receive ring of {packetSocket.Name}")
            : (byte*)memory;
    }
}
