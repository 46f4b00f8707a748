using System;
using System.IO;
using Steelyard.Host.Panel;

namespace Steelyard.Tests.Host.Panel;

/// <summary>Names as device trees of Linux have them, each ended by a zero byte.</summary>
public sealed class BoardShelfTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly BoardShelf _shelf;

    public BoardShelfTests() => _shelf = new BoardShelf(Boards, DeviceTree);

    private string Boards => Path.Combine(_folder.FullName, "board");

    private string DeviceTree => Path.Combine(_folder.FullName, "compatible");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("raspberrypi,4-compute-module\0brcm,bcm2711\0", "cm4-dual-eth-mini")]
    [InlineData("raspberrypi,4-model-b\0brcm,bcm2711\0", "rpi4")]
    [InlineData("someone,new-board\0brcm,bcm2711\0", "rpi4")]
    [InlineData("linux,dummy-virt\0", "virt")]
    [InlineData("toaster\0", BoardShelf.Fallback)]
    [InlineData("", BoardShelf.Fallback)]
    public void The_board_is_the_one_that_the_device_tree_names_first(
        string compatible, string expected)
    {
        File.WriteAllText(DeviceTree, compatible);

        Assert.Equal(expected, _shelf.Detect());
    }

    [Fact]
    public void A_machine_without_a_device_tree_is_the_usual_board()
    {
        Assert.Equal(BoardShelf.Fallback, _shelf.Detect());
    }

    [Fact]
    public void A_profile_in_the_folder_is_known_found_and_comes_before_the_programs_own()
    {
        Put("mine", "panel.conf", "BUTTON 7 active-low\n");
        Put("mine", "compatible", "# mine\n  maker,mine\n");
        Put("rpi4", "panel.conf", "BUTTON 8 active-low\n");
        File.WriteAllText(DeviceTree, "maker,mine\0brcm,bcm2711\0");

        Assert.Contains("mine", _shelf.Known);
        Assert.Equal(7, _shelf.Load(BoardShelf.Auto).Find("BUTTON").Offset);
        Assert.Equal(8, _shelf.Load("rpi4").Find("BUTTON").Offset);
    }

    [Fact]
    public void The_boards_own_name_comes_before_its_chips()
    {
        Put("any", "panel.conf", "BUTTON 7 active-low\n");
        Put("any", "compatible", "brcm,bcm2711\n");
        File.WriteAllText(DeviceTree, "raspberrypi,4-compute-module\0brcm,bcm2711\0");

        Assert.Equal("cm4-dual-eth-mini", _shelf.Detect());
    }

    [Fact]
    public void A_path_is_a_profile_of_its_own()
    {
        Put("mine", "other.conf", "BUTTON 9 active-low\n");

        Assert.Equal(9, _shelf.Load(Path.Combine(Boards, "mine/other.conf")).Find("BUTTON").Offset);
        Assert.Throws<PanelException>(() => _shelf.Load("/nonexistent/panel.conf"));
    }

    private void Put(string board, string file, string text)
    {
        string folder = Path.Combine(Boards, board);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, file), text);
    }
}
