using System;
using System.Threading;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>
/// TPACKET_V3: the kernel packs frames into blocks and hands a block over when it is full or its
/// timer has run out. Super-frames fit.
/// </summary>
internal sealed unsafe class BlockRing : IReceiveRing
{
    /// <summary>Bytes of a block: several super-frames.</summary>
    private const int BlockBytes = 256 << 10;

    private readonly byte* _memory;
    private readonly int _blocks;
    private int _block;
    private int _finished;
    private uint _left;
    private byte* _frame;
    private bool _isDisposed;

    internal BlockRing(PacketSocket packetSocket, AfPacketOptions options)
    {
        _blocks = Math.Max(2, options.RingBytes / BlockBytes);
        packetSocket.Set(SOL_PACKET, PACKET_VERSION, TPACKET_V3, "choose TPACKET_V3");
        tpacket_req3 request = new()
        {
            tp_block_size = BlockBytes,
            tp_block_nr = (uint)_blocks,
            tp_frame_size = 2 << 10,
            tp_frame_nr = (uint)(_blocks * (BlockBytes / (2 << 10))),
            tp_retire_blk_tov = (uint)Math.Max(1, options.BlockTimeout.TotalMilliseconds),
        };
        _memory = RingMemory.Map(
            packetSocket, &request, (uint)sizeof(tpacket_req3), Length);
    }

    public bool HasFrames => !_isDisposed && (_left > 0 || IsOurs(Block(_block)));

    private nuint Length => (nuint)_blocks * BlockBytes;

    public int Receive(FrameSlot[] slots, out int lost, out bool isLosing)
    {
        int count = 0;
        uint seen = 0;
        lost = 0;
        while (count < slots.Length)
        {
            if (_left == 0 && !OpenBlock(ref seen))
            {
                break;
            }

            tpacket3_hdr* header = (tpacket3_hdr*)_frame;
            if (header->tp_snaplen == header->tp_len)
            {
                Note(header, ref slots[count]);
                count++;
            }
            else
            {
                lost++;
            }

            _left--;
            _frame += header->tp_next_offset;
            if (_left == 0)
            {
                _block = _block + 1 == _blocks ? 0 : _block + 1;
                _finished++;
            }
        }

        isLosing = (seen & TP_STATUS_LOSING) != 0;
        return count;
    }

    public void Release()
    {
        int block = _block - _finished;
        block += block < 0 ? _blocks : 0;
        for (; _finished > 0; _finished--)
        {
            Volatile.Write(ref Block(block)->block_status, TP_STATUS_KERNEL);
            block = block + 1 == _blocks ? 0 : block + 1;
        }
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _ = munmap((nint)_memory, Length);
        }
    }

    private static bool IsOurs(tpacket_block_desc* block) =>
        (Volatile.Read(ref block->block_status) & TP_STATUS_USER) != 0;

    private static void Note(tpacket3_hdr* header, ref FrameSlot slot)
    {
        byte* frame = (byte*)header + header->tp_mac;
        int length = unchecked((int)header->tp_snaplen);
        slot.Data = frame;
        slot.Length = length;
        slot.Offload = VirtioHeader.Read(
            (virtio_net_hdr*)(frame - VirtioHeader.Length),
            frame,
            length,
            (header->tp_status & TP_STATUS_VLAN_VALID) != 0,
            unchecked((ushort)header->tp_vlan_tci));
    }

    /// <summary>
    /// Goes to the first frame of the current block, if the kernel has handed it over.
    /// </summary>
    private bool OpenBlock(ref uint seen)
    {
        while (_finished < _blocks)
        {
            tpacket_block_desc* block = Block(_block);
            if (!IsOurs(block))
            {
                return false;
            }

            seen |= block->block_status;
            _left = block->num_pkts;
            _frame = (byte*)block + block->offset_to_first_pkt;
            if (_left > 0)
            {
                return true;
            }

            // The timer may hand over a block without frames.
            _block = _block + 1 == _blocks ? 0 : _block + 1;
            _finished++;
        }

        return false;
    }

    private tpacket_block_desc* Block(int index) =>
        (tpacket_block_desc*)(_memory + ((nint)index * BlockBytes));
}
