// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721A} from "erc721a/contracts/ERC721A.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// The contracts of the libraries are abstract or cannot mint: each of these only opens their functions.
contract Standard721 is ERC721("Standard", "S") {
    function mint(address to, uint256 id) external {
        _mint(to, id);
    }

    function burn(uint256 id) external {
        _burn(id);
    }
}

contract Standard1155 is ERC1155("") {
    function mint(address to, uint256 id, uint256 value) external {
        _mint(to, id, value, "");
    }

    function mintBatch(address to, uint256[] calldata ids, uint256[] calldata values) external {
        _mintBatch(to, ids, values, "");
    }
}

contract Standard721A is ERC721A {
    constructor(address owner, uint256 quantity) ERC721A("Standard", "S") {
        if (quantity > 0) _mintERC2309(owner, quantity);
    }

    function mint(address to, uint256 quantity) external {
        _mint(to, quantity);
    }
}

/// An event of no standard, whose fields may have any value.
contract Gallery {
    event Minted(address indexed artist, address owner, uint256 indexed id, uint256 amount, string note);
    event Transfer(address indexed from, address indexed to, uint256 value);

    function mint(address artist, address owner, uint256 id, uint256 amount) external {
        emit Minted(artist, owner, id, amount, "a note");
    }

    /// As ERC-20 does, with the topic of ERC-721's event.
    function pay(address to, uint256 value) external {
        emit Transfer(address(0), to, value);
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x80ac58cd;
    }
}
